String log = new File(basedir, 'build.log').text
assert log.contains('legal.yaml is a recipe.')
assert log =~ /illegal\.yaml.*int99/
assert !log.contains('at io.github.djlqat')
