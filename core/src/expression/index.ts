export { formatPath, parsePath, readPath, type Found, type Path } from './path.js';
