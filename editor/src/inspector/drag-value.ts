/** The kind of what is dragged when a value of the graph is: JSON of `end` (`node.port`) and the path inside. */
export const valueDragType = 'application/x-heddle-value';
