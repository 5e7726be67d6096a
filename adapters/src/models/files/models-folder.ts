import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where model files live unless HEDDLE_MODELS says otherwise: the user's cache folder, by the habit of the system.
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
