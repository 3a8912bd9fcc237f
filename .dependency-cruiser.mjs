// The import arrow: kernel ← compliance ← campaigns ← dialer ← reports ← loadtest ← server. web stands aside.
const LAYERS = ['kernel', 'compliance', 'campaigns', 'dialer', 'reports', 'loadtest', 'server'];

/** Tests of any folder may use the harness that server/ offers (server/test-*.ts) and the machine's clock, and nothing else from above. */
const arrow = LAYERS.slice(0, -1).map((layer, i) => {
  const above = [...LAYERS.slice(i + 1), 'web'].join('|');
  return {
    name: `arrow-${layer}`,
    severity: 'error',
    comment: `${layer}/ knows nothing of the folders above it (ARCHITECTURE.md, the import arrow).`,
    from: { path: `^${layer}/`, pathNot: '\\.test\\.ts$' },
    to: { path: `^(${above})/` },
  };
});
const testArrow = LAYERS.slice(0, -1).map((layer, i) => {
  const above = [...LAYERS.slice(i + 1), 'web'].join('|');
  return {
    name: `arrow-${layer}-tests`,
    severity: 'error',
    comment: `Tests in ${layer}/ may import server/test-*.ts and server/clock.ts from above, and nothing else.`,
    from: { path: `^${layer}/.*\\.test\\.ts$` },
    to: { path: `^(${above})/`, pathNot: '^server/(test-[^/]*|clock)\\.ts$' },
  };
});

/** A file without one of these suffixes decides and does not do. */
const DOES = '\\.(store|job|route|schema|worker|test|fixture)\\.ts$';
const DECIDING = '^(kernel|compliance|campaigns|dialer|reports)/';
const IO_MODULES =
  '^(node:)?(fs|net|tls|dgram|dns|http|https|http2|child_process|cluster|worker_threads|readline|repl|inspector|process|timers)(/|$)';
const IO_PACKAGES = 'node_modules/(postgres|pg|pg-boss|node-pg-migrate|fastify|@fastify/[^/]+|modesl|pino)/';

const onlyIn = ({ name, pkg, allowed, comment }) => ({
  name,
  severity: 'error',
  comment,
  from: { pathNot: allowed },
  to: { path: `node_modules/${pkg}/` },
});

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...arrow,
    ...testArrow,
    {
      name: 'server-knows-no-web',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^web/' },
    },
    {
      name: 'web-knows-types-and-schemas-only',
      severity: 'error',
      comment:
        'The console imports types of server/api.ts and server/api/, schemas (*.schema.ts) and kernel words; nothing else of ours.',
      from: { path: '^web/(src/|[^/]+$)' },
      to: {
        path: `^(${LAYERS.join('|')})/`,
        pathNot: ['\\.schema\\.ts$', '^server/api\\.ts$', '^server/api/', '^kernel/'],
      },
    },
    {
      name: 'web-takes-types-of-the-api',
      severity: 'error',
      from: { path: '^web/src/' },
      to: {
        path: ['^server/api\\.ts$', '^server/api/'],
        pathNot: '\\.schema\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'plain-files-decide',
      severity: 'error',
      comment: 'Name it .store.ts, .job.ts, .route.ts or .worker.ts, or take what it needs as an argument.',
      from: { path: DECIDING, pathNot: `(${DOES})|^dialer/freeswitch/` },
      to: { path: `(${IO_MODULES})|(${IO_PACKAGES})` },
    },
    {
      name: 'plain-files-know-doers-as-types',
      severity: 'error',
      comment: 'Deciding code takes its stores as arguments and knows their types only.',
      from: { path: DECIDING, pathNot: `(${DOES})|/freeswitch/` },
      to: { path: '(\\.(store|job|route|worker)\\.ts$)|/freeswitch/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'stores-and-schemas-know-no-http',
      severity: 'error',
      from: { path: '\\.(store|schema)\\.ts$' },
      to: { path: 'node_modules/(fastify|@fastify/[^/]+|pg-boss|modesl)/' },
    },
    onlyIn({
      name: 'postgres-in-one-file',
      pkg: 'postgres',
      allowed: '^server/database\\.ts$',
      comment: 'server/database.ts makes the package safe; stores get Query and Tx of kernel/database.ts.',
    }),
    onlyIn({
      name: 'esl-in-one-folder',
      pkg: 'modesl',
      allowed: '^dialer/freeswitch/',
      comment: 'The only ESL.',
    }),
    onlyIn({
      name: 'time-zones-in-one-file',
      pkg: 'luxon',
      allowed: '^compliance/local-time\\.ts$|\\.test\\.ts$|^web/',
      comment: 'So that the later swap for Temporal is one file.',
    }),
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { pathNot: '(\\.test\\.ts|\\.config\\.(ts|mjs))$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'product-needs-no-dev-packages',
      severity: 'error',
      comment: 'What runs in production is in dependencies.',
      from: {
        path: `^(${LAYERS.join('|')})/`,
        pathNot: '\\.(test|fixture)\\.ts$|^server/test-|^loadtest/',
      },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
