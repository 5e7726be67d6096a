export { createFirstVersions, type FirstVersion, type FirstVersions, type NamedVersion } from './first-versions.js';
