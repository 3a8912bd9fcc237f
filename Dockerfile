# The console is built with the development packages; what runs is Node on the sources, without them.
FROM node:24-slim AS built
WORKDIR /ringline
COPY package.json package-lock.json ./
COPY patches patches
COPY scripts scripts
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /ringline
COPY --from=built --chown=node:node /ringline /ringline
RUN mkdir -p .ringline /var/spool/ringline && chown node:node .ringline /var/spool/ringline
USER node
EXPOSE 8080
CMD ["node", "server/cli.ts", "serve"]
