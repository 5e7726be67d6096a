/** Injects the hub of local models, which opens at its first use: `Lazy<ModelHub>`. */
export const MODEL_HUB = Symbol('model hub');
