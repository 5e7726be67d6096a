import { base } from '../jest.preset.mjs';

export default base();
