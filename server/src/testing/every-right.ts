import { Permission } from '@heddle/core';

/** All rights that one key can have. `workflow:build` is left out, because a key with it may do nothing else. */
export const everyRight = Permission.options.filter((right) => right !== 'workflow:build');
