String log = new File(basedir, 'build.log').text
File quantized = new File(basedir, 'target/quantized/classifier.pt')
assert quantized.length() > 1000
assert log.count('classifier.pt by w8a8: ') + log.count('classifier.pt by int8: ') == 1
assert log.count(quantized.path + ' is up to date.') == 1
def accuracies = (log =~ /classifier\.pt: top1 (\d\.\d+) on 256 samples/).collect { it[1] as double }
assert accuracies.size() == 2 && accuracies[0] == accuracies[1] && accuracies[0] >= 0.99
File installed = new File(localRepositoryPath, 'com/example/classifier/1.0/classifier-1.0-quantized.pt')
assert installed.bytes == quantized.bytes
File report = new File(basedir, 'target/djl-qat/report.html')
assert log.count(report.path + ' is up to date.') == 1
assert (log =~ /report\.html: \d+ layers, \d+\.\d s/).count == 1
String page = report.text
assert page.contains('<title>classifier.pt') && page.contains('accuracy')
assert !(page =~ /(src|href)="https?:/)
