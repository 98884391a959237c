// `transom:access`: who may call a handler.

export { allow, requireMember, requireOwner, requireUser } from "transom:internal/app/identity/access";
