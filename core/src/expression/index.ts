export type { Expression } from './ast.js';
export { parseExpression } from './parse-expression.js';
export { evaluateExpression, expressionPaths, isTrue, type Scope } from './evaluate-expression.js';
export { functionNames } from './functions.js';
export { formatPath, parsePath, readPath, type Found, type Path } from './path.js';
