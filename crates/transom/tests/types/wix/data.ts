// What an endpoint does with `@wix/data` and `@wix/essentials` where neither is installed: this compiles, it does not run.

import { items, Filter, Sort, QueryBuilder, collections, PipelineBuilder, Stages, Expressions, type WixDataItem } from "@wix/data";
import { auth } from "@wix/essentials";
interface Product { name: string; price: number }

export const GET = async () => {
  const product = await items.get<Product>("products", "a");
  const price: number | undefined = product?.price;
  // @ts-expect-error no such member
  product?.colour;
  const page = await items.query<Product>("products").eq("a", 1).hasSome("t", ["a", "b"]).hasSome("t", "a", "b").or(items.filter().gt("x", new Date())).ascending("a").limit(3).find({ returnTotalCount: true });
  for (const item of page) item.name.toUpperCase();
  const next: WixDataItem[] = (await (await items.query("x").find()).next()).items;
  const elevated = auth.elevate(items.query);
  (await elevated("C").find()).items;
  await auth.elevate(items.update)("C", { _id: "x" }, { condition: items.filter().eq("v", 1) });
  // @ts-expect-error needs an id
  items.update("C", { a: 1 });
  const direct = await items.query<Product>("p", QueryBuilder().withFilter(Filter.and(Filter("a").eq(1), Filter("b").in([1]))).withSorting(Sort("a").desc()).build());
  direct.items[0].price.toFixed();
  (await items.patch("p", "1").setField("a", 1).incrementField("n", 1).run())?._id;
  (await items.bulkPatch("p", ["1"]).setField("a", 1).run()).updated;
  const total: number = await items.query("x").count();
  const group = await items.aggregate("C").group("a").sum("x", "y").having(items.filter().gt("y", 3)).run();
  group.items[0]._id;
  items.GetOptionsBuilder().withFields("a", "b").withConsistentRead(true).build().fields;
  (await items.aggregatePipeline("C", PipelineBuilder().withStages([Stages.filter().eq("a", 1), Stages.group().by(Expressions.field("a"), "k")]).build())).results;
  const level: "ANYONE" = collections.AccessLevel.ANYONE;
  const owner: string = (await collections.getDataCollection("x"))._id;
  return Response.json([price, next, total, level, owner]);
};
