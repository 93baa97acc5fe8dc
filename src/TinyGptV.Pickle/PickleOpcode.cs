namespace TinyGptV.Pickle;

#pragma warning disable CS1591 // Python's module pickletools documents each opcode.

/// <summary>Every opcode of protocols 0 to 5, named as in Python's module pickletools, so that names in error messages can be looked up.</summary>
public enum PickleOpcode : byte
{
    PROTO = 0x80, FRAME = 0x95, MARK = (byte)'(', STOP = (byte)'.', POP = (byte)'0', POP_MARK = (byte)'1', DUP = (byte)'2',
    NONE = (byte)'N', NEWTRUE = 0x88, NEWFALSE = 0x89,
    INT = (byte)'I', BININT = (byte)'J', BININT1 = (byte)'K', BININT2 = (byte)'M', LONG = (byte)'L', LONG1 = 0x8A, LONG4 = 0x8B,
    FLOAT = (byte)'F', BINFLOAT = (byte)'G',
    STRING = (byte)'S', BINSTRING = (byte)'T', SHORT_BINSTRING = (byte)'U',
    UNICODE = (byte)'V', BINUNICODE = (byte)'X', SHORT_BINUNICODE = 0x8C, BINUNICODE8 = 0x8D,
    BINBYTES = (byte)'B', SHORT_BINBYTES = (byte)'C', BINBYTES8 = 0x8E, BYTEARRAY8 = 0x96, NEXT_BUFFER = 0x97, READONLY_BUFFER = 0x98,
    EMPTY_LIST = (byte)']', LIST = (byte)'l', APPEND = (byte)'a', APPENDS = (byte)'e',
    EMPTY_DICT = (byte)'}', DICT = (byte)'d', SETITEM = (byte)'s', SETITEMS = (byte)'u',
    EMPTY_TUPLE = (byte)')', TUPLE = (byte)'t', TUPLE1 = 0x85, TUPLE2 = 0x86, TUPLE3 = 0x87,
    EMPTY_SET = 0x8F, ADDITEMS = 0x90, FROZENSET = 0x91,
    PUT = (byte)'p', BINPUT = (byte)'q', LONG_BINPUT = (byte)'r', MEMOIZE = 0x94,
    GET = (byte)'g', BINGET = (byte)'h', LONG_BINGET = (byte)'j',
    GLOBAL = (byte)'c', STACK_GLOBAL = 0x93, INST = (byte)'i', OBJ = (byte)'o', NEWOBJ = 0x81, NEWOBJ_EX = 0x92, REDUCE = (byte)'R', BUILD = (byte)'b',
    PERSID = (byte)'P', BINPERSID = (byte)'Q', EXT1 = 0x82, EXT2 = 0x83, EXT4 = 0x84,
}
