// The allowed arrows between packages; everything else between them is refused, and so are cycles.
const arrows = require('./arrows.json');
const packages = [...Object.keys(arrows), 'tools'];
const prefix = process.env.HEDDLE_BOUNDARIES_FIXTURE ? 'tools/fixtures/boundaries/' : '';
// Folders in which type imports form no cycle either. The others still have some.
const withoutTypeCycles = [`^${prefix}engine/src`, `^${prefix}nodes/src`];

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
      comment: 'A cycle makes initialisation order matter.',
      severity: 'error',
      from: { pathNot: ['node_modules', ...withoutTypeCycles] },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-cycles-of-types',
      comment:
        'A module in a cycle of imports, type imports included, cannot be read on its own: put the types into a leaf file.',
      severity: 'error',
      from: { path: withoutTypeCycles },
      to: { circular: true },
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
