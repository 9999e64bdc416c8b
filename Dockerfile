# The gateway in one image: `docker build -t wasl .`, then compose.yaml, or alone on its embedded parts:
#   docker run --init -p 8080:8080 -v wasl:/data wasl
ARG NODE=24-bookworm-slim

FROM node:${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings its own Node, and ffmpeg from Debian: the copies from npm stay behind.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node node_modules/.bin/node node_modules/@ffmpeg-installer node_modules/@ffprobe-installer
COPY src/db/embedded src/db/embedded
# Lays what npm drops from the PostgreSQL binaries: later node_modules belongs to root and cannot be mended.
RUN node --no-warnings -e "import('./src/db/embedded/binaries.ts').then((found) => found.findBinaries())"

FROM node:${NODE}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ffmpeg \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /data /var/cache/wasl
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY migrations migrations
COPY media media
COPY channels channels
COPY src src
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data NODE_COMPILE_CACHE=/var/cache/wasl
# An impossible port: every module is loaded and compiled into the cache, nothing starts, exit 3.
RUN PORT=none node --no-warnings src/main.ts; test $? -eq 3
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--no-warnings", "src/main.ts"]
