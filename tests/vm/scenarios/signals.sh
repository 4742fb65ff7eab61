# The C tests of signals: protection keys, and other features that this machine's CPU may lack.
architectures=x86-64
commands=("/bin/stub_tests	signals")
