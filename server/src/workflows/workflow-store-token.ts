/** The injection token of the `WorkflowStore`. */
export const WORKFLOW_STORE = Symbol('workflow store');
