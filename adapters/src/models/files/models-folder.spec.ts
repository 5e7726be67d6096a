import { describe, expect, it } from '@jest/globals';
import { defaultModelsFolder } from './models-folder.js';

describe('defaultModelsFolder', () => {
  it.each([
    [{ HEDDLE_MODELS: '/data/models', HOME: '/home/ada' }, 'linux', '/data/models'],
    [{ HOME: '/home/ada' }, 'linux', '/home/ada/.cache/heddle/models'],
    [{ HOME: '/home/ada', XDG_CACHE_HOME: '/cache' }, 'linux', '/cache/heddle/models'],
    [{ HOME: '/home/ada', XDG_CACHE_HOME: 'relative' }, 'linux', '/home/ada/.cache/heddle/models'],
    [{ HOME: '/Users/ada' }, 'darwin', '/Users/ada/Library/Caches/heddle/models'],
  ] as const)('follows the convention of the system: %j on %s', (environment, platform, folder) => {
    expect(defaultModelsFolder(environment, platform)).toBe(folder);
  });
});
