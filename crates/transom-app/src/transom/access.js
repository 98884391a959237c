// `transom:access`: who may call a handler.

export { allow, rateLimit, requireMember, requireOwner, requireUser } from "transom:internal/app/identity/access";
