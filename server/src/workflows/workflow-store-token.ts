/** Injects the stored workflows, a `WorkflowStore`. */
export const WORKFLOW_STORE = Symbol('workflow store');
