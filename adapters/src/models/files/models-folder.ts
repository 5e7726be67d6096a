import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The folder for model files if HEDDLE_MODELS is not set: in the user's cache folder, as usual on the operating system.
 *
 * @example defaultModelsFolder() // '/home/ada/.cache/heddle/models'
 */
export function defaultModelsFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const set = environment['HEDDLE_MODELS'];
  if (set !== undefined && set !== '') return path.resolve(set);
  return path.join(cacheFolder(environment, platform), 'heddle', 'models');
}

function cacheFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = environment['HOME'] ?? homedir();
  if (platform === 'win32') return environment['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
  const xdg = environment['XDG_CACHE_HOME'];
  if (xdg !== undefined && path.isAbsolute(xdg)) return xdg;
  return platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache');
}
