/** The data type of a dragged value: JSON of `end` (`node.port`) and the path inside. */
export const valueDragType = 'application/x-heddle-value';
