# Either runtime: docker build --build-arg RUNTIME=se --build-arg REVISION="$(git rev-parse --short=12 HEAD)" -t tidegate/tidegate-se:0.1.0 .
ARG RUNTIME=se

FROM eclipse-temurin:25-jdk AS build
ARG RUNTIME
ARG REVISION=unknown
RUN apt-get update && apt-get install -y --no-install-recommends binutils git redis-server && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -q package -pl ${RUNTIME}-server,rehearsal -am -Dmaven.test.skip -Dspotless.check.skip \
    -Dbuild.revision="${REVISION}"
RUN docker/assemble ${RUNTIME} /image

# Nothing but the server: no shell, no package manager, no user with a name.
FROM scratch
COPY --from=build /image/ /
USER 65532:65532
WORKDIR /opt/tidegate
EXPOSE 8080 9090
ENTRYPOINT ["/opt/tidegate/jre/bin/java", "@java.options"]
CMD ["-jar", "tidegate.jar"]
