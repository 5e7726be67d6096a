/** The data type of a dragged value: JSON with `end` (`node.port`) and the path inside the value. */
export const valueDragType = 'application/x-heddle-value';
