import { base } from '../jest.preset.mjs';

export default { ...base(), testMatch: ['<rootDir>/{e2e,chaos,testing,docs,new,source}/**/*.spec.ts'] };
