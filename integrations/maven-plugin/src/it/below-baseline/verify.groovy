String log = new File(basedir, 'build.log').text
assert log =~ /top1 against the baseline of classifier\.pt is 0\.\d{4}, and 1\.0000 is what passes\./
assert log.contains('BUILD FAILURE')
assert !log.contains('at io.github.djlqat')
