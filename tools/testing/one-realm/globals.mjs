// What specs import as `@jest/globals`. Modules that several spec files share are loaded once, and yet speak to the file that runs.

/** Jest's framework for the spec file that runs: each file has its own. */
let framework;

/** A function of the framework, found anew at each call: what is kept of `describe.skip` skips in the next file too. */
const follow = (find) =>
  new Proxy(() => undefined, {
    apply: (_, self, args) => find()(...args),
    get: (_, name) => follow(() => find()[name]),
  });

export const afterAll = follow(() => framework.afterAll);
export const afterEach = follow(() => framework.afterEach);
export const beforeAll = follow(() => framework.beforeAll);
export const beforeEach = follow(() => framework.beforeEach);
export const describe = follow(() => framework.describe);
export const it = follow(() => framework.it);
export const test = it;
export let expect, jest;

/** Takes the framework of the spec file that comes next. */
export function bindGlobals(globals) {
  framework = globals;
  ({ expect, jest } = globals);
}
