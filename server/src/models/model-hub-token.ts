/** Nest's injection token of the hub of local models, which opens when it is first used: `Lazy<ModelHub>`. */
export const MODEL_HUB = Symbol('model hub');
