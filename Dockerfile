# transom in a container: `docs/scaling.md`.
#
#     docker build --target transom --tag transom .
#     docker build --target storefront --tag storefront .     # with a project; take it as an example
#
# The engine is compiled from source, which takes about 15 minutes once; the address of a ready one saves that:
#
#     docker build --build-arg MOZJS_ARCHIVE=https://github.com/servo/mozjs/releases --target transom .

FROM debian:12-slim AS compiler
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential ca-certificates curl git make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY rust-toolchain.toml ./
ENV PATH=/root/.cargo/bin:$PATH
RUN curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal --default-toolchain none \
 && rustup toolchain install "$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)" --profile minimal --component rustfmt --component clippy
COPY . .
ARG MOZJS_ARCHIVE=
RUN make build \
 && install -D target/release/transom /out/transom \
 && strip /out/transom

# What `ldd` shows and TLS needs; the test `deploy` of the crate `transom` compares.
FROM debian:12-slim AS transom
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libc6 libgcc-s1 zlib1g \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 transom \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/transom --shell /usr/sbin/nologin transom \
 && install -d -o transom -g transom /var/lib/transom
COPY --from=compiler /out/transom /usr/local/bin/transom
ENV TRANSOM_DATA_DIR=/var/lib/transom
USER 10001:10001
ENTRYPOINT ["transom"]

# A project whose packages are installed beside it (`npm ci`), or that has none.
FROM transom AS build
USER root
COPY examples/storefront /srv/project
RUN transom build /srv/project --out /srv/build

FROM transom AS storefront
COPY --from=build /srv/build /srv/build
# Where this project keeps files.
ENV STORAGE_DIR=/var/lib/transom/files
EXPOSE 8080 9090
CMD ["start", "/srv/build", "--host", "0.0.0.0", "--port", "8080", "--admin", "0.0.0.0:9090"]
