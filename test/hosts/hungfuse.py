"""A FUSE file system that answers its INIT and then nothing ever again: hungfuse.py MOUNTPOINT [PID] [--space].

With a PID it is mounted in the mount namespace of that process. The mount's source tells the pid of this server. With
--space it tells how large it is, in blocks of 4 KiB, and that it is best read and written by the MiB, as many do.
"""
import ctypes, os, signal, struct, sys

place, *others = [word for word in sys.argv[1:] if word != "--space"]
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)


def must(what, result):
    if result != 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")


# A mount whose server is gone gives errors and no longer hangs, so it must not outlive who asked for it.
PR_SET_PDEATHSIG, CLONE_NEWNS = 1, 0x20000
must("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
if others:
    must("setns", libc.setns(os.open(f"/proc/{others[0]}/ns/mnt", os.O_RDONLY), CLONE_NEWNS))
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
source = f"hostdeps-hung-{os.getpid()}"
must("mount", libc.mount(source.encode(), place.encode(), b"fuse.hung", 0, options.encode()))


def receive():
    request = os.read(device, 1 << 20)
    _, opcode, unique = struct.unpack_from("<IIQ", request)
    return opcode, unique


def answer(unique, body, error=0):
    os.write(device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)


GETATTR, STATFS, INIT = 3, 17, 26
opcode, unique = receive()
assert opcode == INIT, opcode
# struct fuse_init_out: version 7.31, then what the kernel may do; 64 bytes.
answer(unique, struct.pack("<IIIIHHIIHHI", 7, 31, 1 << 16, 0, 12, 10, 1 << 16, 1, 16, 0, 0).ljust(64, b"\0"))
print("mounted", flush=True)
while True:
    opcode, unique = receive()
    if "--space" not in sys.argv:
        continue
    if opcode == STATFS:
        # struct fuse_kstatfs: blocks, free, for others than root, inodes, free; bsize, namelen, frsize; 80 bytes.
        answer(unique, struct.pack("<QQQQQIII", 10_000, 6_000, 5_000, 100, 40, 1 << 20, 255, 4096).ljust(80, b"\0"))
    elif opcode == GETATTR:
        # struct fuse_attr_out: valid for 0 s, then inode 1, which is a folder; 104 bytes.
        answer(unique, struct.pack("<QII6Q10I", 0, 0, 0, 1, *[0] * 8, 0o40755, 2, 0, 0, 0, 4096, 0))
    else:
        answer(unique, b"", -38)  # ENOSYS
