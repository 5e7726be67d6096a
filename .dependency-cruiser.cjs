// The allowed arrows between packages; everything else between them is refused, and so are cycles.
const arrows = require('./arrows.json');
const packages = [...Object.keys(arrows), 'tools'];
const runPhases =
  'engine/src/(execution|frame-flow|deadlines|nested|parking/parking|parking/pause-before|streams/stream-flow)\\.ts';
const prefix = process.env.HEDDLE_BOUNDARIES_FIXTURE ? 'tools/fixtures/boundaries/' : '';

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([name, allowed]) => ({
      name: `${name}-reaches-too-far`,
      comment: `${name} may depend on ${allowed.join(', ') || 'no other package'} only.`,
      severity: 'error',
      from: { path: `^${prefix}${name}/` },
      to: { path: `^${prefix}(${packages.filter((other) => other !== name && !allowed.includes(other)).join('|')})/` },
    })),
    {
      name: 'core-is-browser-safe',
      comment: 'core depends on zod only: no node:*, no React, no Nest.',
      severity: 'error',
      from: { path: `^${prefix}core/src`, pathNot: '\\.spec\\.ts$' },
      to: { pathNot: [`^${prefix}core/src`, 'node_modules/zod'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kit-only-in-tests',
      comment: 'core/testing is for specs and for `heddle node test`.',
      severity: 'error',
      from: {
        path: `^${prefix}(engine|nodes|adapters|editor)/src`,
        pathNot: ['\\.spec\\.tsx?$', '/testing/', '/__fixtures__/'],
      },
      to: { path: `^${prefix}core/src/testing` },
    },
    {
      name: 'no-cycles',
      comment:
        'A cycle makes initialisation order matter. The phases of a run call each other by nature (an execution that ends opens the next, a frame that ends settles its node); they hold functions only.',
      severity: 'error',
      from: { pathNot: ['node_modules', `^${runPhases}`] },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
