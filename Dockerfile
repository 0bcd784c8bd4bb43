# The agent's image: Node.js, the bundle, nsenter, tini, env, head, sleep, stat and the libraries they load. Nothing else is in
# it: no shell, no package manager. Both containers of a pod run it:
#
#     args: [probe, …]    args: [serve, …]
#
# BASE is a Debian with Node.js 26 (and npm, for the bundle). ldd finds the libraries to copy, so the same file builds for
# every architecture.
ARG BASE=docker.io/library/node:26-slim
# The heap of each process. Measured under load with 11 checks and then with 1,000: serve 118 and 124 MiB instead of 175 and
# 225, probe 87 and 105 instead of 88 and 166. Set both or neither: the first alone costs thirteen times the CPU time.
# (Those were with 48 MiB. A prober that reads one full ConfigMap while another is in use needs up to 44 live, and on a busy machine
# more than 50 once. The limit is for such moments alone: what stays resident is the same with 56 and 64.)
ARG HEAP="--max-old-space-size=64 --max-semi-space-size=1"

# To use a bundle that already exists: --build-context bundle=<folder>, with dist/, image/warm.ts and LICENSE in its src/.
# It is the same for every architecture: BuildKit makes it on the builder's own.
FROM --platform=$BUILDPLATFORM ${BASE} AS bundle
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --prefer-offline
COPY build.ts LICENSE ./
COPY image/warm.ts image/
COPY packaging/bundled-packages.ts packaging/lock.ts packaging/sbom.ts packaging/
COPY agent agent
COPY checks checks
COPY docs/openapi.json docs/
RUN node build.ts

FROM ${BASE} AS root
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends tini util-linux \
 && nsenter --version | grep -q util-linux
# Each program with its libraries, and the dpkg records of their packages, which vulnerability scanners read.
RUN set -eu; mkdir -p /root-of-image; cd /root-of-image \
 && mkdir -p -m 1777 tmp \
 && mkdir -p etc usr/local/bin var/lib/dpkg/status.d \
 && programs="$(command -v node) $(command -v nsenter) $(command -v tini) $(command -v env) $(command -v head) $(command -v sleep) $(command -v stat)" \
 && files="$(for program in $programs; do echo "$program"; ldd "$program" | grep -o '/[^ ]*'; done | sort -u)" \
 && cp --parents --dereference $files . \
 && for file in $files; do dpkg -S "$file" "$(readlink -f "$file")" "/usr$file" 2>/dev/null || true; done \
    | cut -d : -f 1 | sort -u \
    | while read -r package; do dpkg -s "$package" > "var/lib/dpkg/status.d/$package" \
      && cp --parents "/usr/share/doc/$package/copyright" .; done \
 && cp --dereference /etc/os-release etc/os-release \
 && echo 'hosts: files dns' > etc/nsswitch.conf \
 && echo 'root:x:0:0:root:/:/sbin/nologin' > etc/passwd \
 && echo 'hostdeps:x:65464:65464:hostdeps:/tmp:/sbin/nologin' >> etc/passwd \
 && echo 'root:x:0:' > etc/group \
 && echo 'hostdeps:x:65464:' >> etc/group \
 && ln -s /opt/hostdeps/agent/main.js usr/local/bin/hostdeps

COPY --from=bundle /src/dist /opt/hostdeps
COPY --from=bundle /src/LICENSE /opt/hostdeps/LICENSE
COPY --from=bundle /src/image/warm.ts /warm.ts
ARG HEAP
# Node.js keys its compile cache by user id: the prober is root, the server is not.
RUN set -eu; export NODE_OPTIONS="$HEAP"; compiled=/opt/hostdeps/compiled; mkdir -m 1777 "$compiled" \
 && node /warm.ts /opt/hostdeps "$compiled" \
 && setpriv --reuid=65464 --regid=65464 --clear-groups node /warm.ts /opt/hostdeps "$compiled" \
 && chown -R 0:0 /opt/hostdeps \
 && chmod -R u=rwX,go=rX /opt/hostdeps \
 && cp -a --parents /opt/hostdeps /root-of-image \
 && chroot --userspec=65464:65464 /root-of-image tini -- hostdeps --version \
 && chroot /root-of-image nsenter --version

FROM scratch
ARG BASE
ARG HEAP
ARG VERSION=0.1.0
# The builder adds what only it knows by --label: org.opencontainers.image.created, .revision, .source, .base.digest.
LABEL org.opencontainers.image.title="hostdeps" \
      org.opencontainers.image.description="Tells you what a Kubernetes node's host is missing before pods crash on it, and prints the command that fixes it." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.base.name="${BASE}"
COPY --from=root /root-of-image /
# All threads share one glibc arena, since they nearly always wait: 2 MiB less per container. What V8's compiler gives back goes to
# the kernel at once, also after a large block, when glibc would raise this limit (mallopt(3)): 2 MiB less of the prober, and flat.
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    NODE_OPTIONS="${HEAP}" \
    NODE_COMPILE_CACHE=/opt/hostdeps/compiled
USER 65464:65464
EXPOSE 9465
ENTRYPOINT ["tini", "--", "hostdeps"]
CMD ["--help"]
