import type { Box } from '../line-boxes.js';

/** The smallest box that contains two boxes. */
export const enclosingBox = (one: Box | undefined, other: Box): Box =>
  one === undefined
    ? other
    : {
        left: Math.min(one.left, other.left),
        top: Math.min(one.top, other.top),
        right: Math.max(one.right, other.right),
        bottom: Math.max(one.bottom, other.bottom),
      };
