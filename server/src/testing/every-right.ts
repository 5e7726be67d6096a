import { Permission } from '@heddle/core';

/** The rights of a key that may do most: one that may build, too, may do nothing else. */
export const everyRight = Permission.options.filter((right) => right !== 'workflow:build');
