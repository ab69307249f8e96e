# what: opens brackets that never close
# class: language
# source: parser bomb
# expect: refused | stopped memory | crash
# control: none: no interpreter takes it
# text: "[" * 500000
