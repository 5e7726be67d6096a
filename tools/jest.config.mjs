import { base } from '../jest.preset.mjs';

export default { ...base(), testMatch: ['<rootDir>/{e2e,chaos,testing,docs,generate,new,source}/**/*.spec.ts'] };
