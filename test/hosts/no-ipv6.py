"""Runs a program on a kernel that has no IPv6, so to say: socket(AF_INET6) fails as after a boot with ipv6.disable=1."""
import ctypes
import os
import platform
import struct
import sys

AF_INET6 = 10
EAFNOSUPPORT = 97
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
# The number of socket(2), and AUDIT_ARCH_*.
SOCKET, ARCH = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}[platform.machine()]


def statement(code, k, if_so=0, if_not=0):
    return struct.pack("HBBI", code, if_so, if_not, k)


# Offsets into struct seccomp_data: the call's number at 0, the architecture at 4, its first argument at 16.
program = b"".join(
    [
        statement(LOAD, 4),
        statement(JUMP_IF_EQUAL, ARCH, if_not=4),
        statement(LOAD, 0),
        statement(JUMP_IF_EQUAL, SOCKET, if_not=2),
        statement(LOAD, 16),
        statement(JUMP_IF_EQUAL, AF_INET6, if_so=1),
        statement(RETURN, ALLOW),
        statement(RETURN, ERRNO | EAFNOSUPPORT),
    ]
)
instructions = ctypes.create_string_buffer(program, len(program))
filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
libc = ctypes.CDLL(None, use_errno=True)
for call in [(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, 2, ctypes.create_string_buffer(filters), 0, 0)]:
    if libc.prctl(*call) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
