"""Names of Python 2 and of Repy V1: what each is called now, or what a person should know."""

RENAMED = {
    "xrange": "range",
    "unichr": "chr",
    "long": "int",
    "basestring": "str",
    "unicode": "str",
    "StandardError": "Exception",
}

METHODS_RENAMED = {
    "__nonzero__": "__bool__",
    "__div__": "__truediv__",
    "__rdiv__": "__rtruediv__",
    "__idiv__": "__itruediv__",
    "__unicode__": "__str__",
}

LOOK_NAMES = {
    "raw_input": "programs have no input",
    "input": "programs have no input",
    "file": "files are opened with openfile(name, create)",
    "open": "files are opened with openfile(name, create)",
    "execfile": "use createvirtualnamespace(code, name)",
    "eval": "not part of the language: use createvirtualnamespace",
    "globals": "use _context",
    "locals": "use _context",
    "buffer": "use bytes",
    "intern": "leave it out",
    "coerce": "leave it out",
    "apply": "write function(*arguments)",
    "dir": "not part of the language",
    "vars": "not part of the language",
    "recvmess": "Repy V1: listenformessage and getmessage",
    "sendmess": "Repy V1: sendmessage",
    "openconn": "Repy V1: openconnection",
    "waitforconn": "Repy V1: listenforconnection and getconnection",
    "stopcomm": "Repy V1: close the server",
    "settimer": "Repy V1: createthread and sleep",
    "canceltimer": "Repy V1: let the thread look at a flag",
    "getlock": "Repy V1: createlock",
    "randomfloat": "Repy V1: make it from randombytes()",
    "listdir": "Repy V1: listfiles",
    "removedir": "Repy V2 has no folders",
}

LOOK_ATTRIBUTES = {
    "im_func": "there are no methods of functions",
    "im_self": "there are no methods of functions",
    "func_code": "not part of the language",
    "func_globals": "not part of the language",
    "encode": "gives bytes; 'hex', 'base64' and their like are no encodings any more",
    "decode": "only bytes have decode: tobytes(data).decode('utf-8')",
}

LOOK_METHODS = {
    "__cmp__": "write __eq__ and __lt__ (and the others that are used)",
    "__getslice__": "__getitem__ gets a slice",
    "__setslice__": "__setitem__ gets a slice",
    "__delslice__": "__delitem__ gets a slice",
    "__coerce__": "leave it out",
    "__metaclass__": "classes have no metaclass here",
    "__getattribute__": "not part of the language; __getattr__ is",
}
