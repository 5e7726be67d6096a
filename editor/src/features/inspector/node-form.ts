import { createContext, useContext } from 'react';

interface NodeForm {
  readonly nodeId: string;
}

export const NodeFormContext = createContext<NodeForm>({ nodeId: '' });

/** The node of the surrounding form. */
export function useNodeForm(): NodeForm {
  return useContext(NodeFormContext);
}
