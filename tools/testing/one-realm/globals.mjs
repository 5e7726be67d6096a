// What specs import as `@jest/globals`. Modules that several spec files share are loaded once, but their calls must reach the current spec
// file.

/** Jest's framework for the current spec file; each file has its own. */
let framework;

/** Makes a function that calls the present framework each time, so that a stored `describe.skip` also works in the next file. */
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

/** Sets the framework for the next spec file. */
export function bindGlobals(globals) {
  framework = globals;
  ({ expect, jest } = globals);
}
