// `npm run generate`: writes the schema of a new database and the types of the API's paths, which the clients use. It needs a build of the
// server.
import { writeFileSync } from 'node:fs';
import { apiPaths, apiPathsFile, openApiDocument } from './generate/api-paths.mjs';
import { clientTypes, clientTypesFile } from './generate/client-types.mjs';
import { newSchema, newSchemaFile } from './generate/new-schema.mjs';
import { pythonTypes, pythonTypesFile } from './generate/python-types.mjs';

writeFileSync(newSchemaFile, await newSchema());

const document = await openApiDocument();
writeFileSync(apiPathsFile, await apiPaths(document));
writeFileSync(clientTypesFile, await clientTypes(document));
writeFileSync(pythonTypesFile, pythonTypes(document));
