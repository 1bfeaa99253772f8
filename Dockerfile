# docker build -t errata .        needs nothing but a Debian mirror over http
#
# The image holds the binary, the shared libraries it is linked with, the CA certificates and a configuration that
# forwards to UPSTREAM_URL. Mount your own over /etc/errata.

FROM debian:bookworm-slim AS build
WORKDIR /src
COPY dev ./
RUN ./dev setup gateway
COPY CMakeLists.txt CMakePresets.json ./
COPY gateway gateway
RUN ./dev gateway && DESTDIR=/out cmake --install build/release --prefix /usr --strip

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libboost-json1.81.0 libbrotli1 libc-ares2 libfmt9 \
    libprometheus-cpp-core1.0 libpugixml1v5 libre2-9 libspdlog1.10 libssl3 libyaml-cpp0.7 libzstd1 zlib1g \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin errata
COPY --from=build /out/usr/bin/errata /usr/bin/errata
COPY config/errata.yaml /etc/errata/errata.yaml
RUN /usr/bin/errata check /etc/errata

LABEL org.opencontainers.image.title="Errata" \
      org.opencontainers.image.description="Reverse proxy that turns every upstream error into one canonical JSON error" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 10001:10001
# 8080: clients; 9902: /livez, /readyz, /metrics. The admin port stays on loopback, inside.
EXPOSE 8080 9902
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/bin/errata", "health", "--config", "/etc/errata"]
ENTRYPOINT ["/usr/bin/errata"]
CMD ["run", "--config", "/etc/errata"]
