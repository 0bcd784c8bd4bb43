"""A FUSE file system that answers its INIT and then nothing ever again: hungfuse.py MOUNTPOINT [PID].

With a PID it is mounted in the mount namespace of that process. The mount's source tells the pid of this server.
"""
import ctypes, os, signal, struct, sys

place = sys.argv[1]
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)


def must(what, result):
    if result != 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")


# A mount whose server is gone gives errors and no longer hangs, so it must not outlive who asked for it.
PR_SET_PDEATHSIG, CLONE_NEWNS = 1, 0x20000
must("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
if len(sys.argv) > 2:
    must("setns", libc.setns(os.open(f"/proc/{sys.argv[2]}/ns/mnt", os.O_RDONLY), CLONE_NEWNS))
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
source = f"hostdeps-hung-{os.getpid()}"
must("mount", libc.mount(source.encode(), place.encode(), b"fuse.hung", 0, options.encode()))
request = os.read(device, 1 << 20)
length, opcode, unique = struct.unpack_from("<IIQ", request)
assert opcode == 26, opcode  # FUSE_INIT
# struct fuse_init_out: version 7.31, then what the kernel may do; 64 bytes.
body = struct.pack("<IIIIHHIIHHI", 7, 31, 1 << 16, 0, 12, 10, 1 << 16, 1, 16, 0, 0).ljust(64, b"\0")
os.write(device, struct.pack("<IiQ", 16 + len(body), 0, unique) + body)
print("mounted", flush=True)
while True:
    os.read(device, 1 << 20)
