"""A FUSE file system that answers its INIT and then nothing ever again: hungfuse.py MOUNTPOINT."""
import ctypes, os, struct, sys

place = sys.argv[1]
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
if libc.mount(b"hung", place.encode(), b"fuse.hung", 0, options.encode()) != 0:
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
request = os.read(device, 1 << 20)
length, opcode, unique = struct.unpack_from("<IIQ", request)
assert opcode == 26, opcode  # FUSE_INIT
# struct fuse_init_out: version 7.31, then what the kernel may do; 64 bytes.
body = struct.pack("<IIIIHHIIHHI", 7, 31, 1 << 16, 0, 12, 10, 1 << 16, 1, 16, 0, 0).ljust(64, b"\0")
os.write(device, struct.pack("<IiQ", 16 + len(body), 0, unique) + body)
print("mounted", flush=True)
while True:
    os.read(device, 1 << 20)
