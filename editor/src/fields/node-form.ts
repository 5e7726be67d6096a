import { createContext, useContext } from 'react';

/** The node whose settings a form shows. */
export interface NodeForm {
  readonly nodeId: string;
}

export const NodeFormContext = createContext<NodeForm>({ nodeId: '' });

/** The node that the field around belongs to. */
export function useNodeForm(): NodeForm {
  return useContext(NodeFormContext);
}
