// `npm run generate`: writes the types of the API's paths, which the clients use. It needs a build of the server.
import { writeFileSync } from 'node:fs';
import { apiPaths, apiPathsFile } from './generate/api-paths.mjs';

writeFileSync(apiPathsFile, await apiPaths());
