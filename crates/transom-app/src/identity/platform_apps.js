// @ts-check
// Ids that the platform has given to its own apps and log-in providers, which calls of its API name.

export const WIX_APPS = {
  stores: { id: "215238eb-22a5-4c36-9e7b-e7c08025e04e", name: "Wix Stores" },
  checkoutAndOrders: {
    id: "1380b703-ce81-ff05-f115-39571d94dfcd",
    name: "Wix Checkout & Orders",
    productPageMetadata: { pageIdentifier: "wix.stores.sub_pages.product", identifiers: { handle: "STORES.PRODUCT.SLUG" } },
    categoryPageMetadata: { pageIdentifier: "wix.stores.sub_pages.category", identifiers: { collection: "STORES.CATEGORY.SLUG" } },
  },
  bookings: {
    id: "13d21c63-b5ec-5912-8397-c3a5ddb27a97",
    name: "Wix Bookings",
    servicePageMetadata: { pageIdentifier: "wix.bookings.sub_pages.service_page", identifiers: { slug: "BOOKINGS.SERVICE.SLUG" } },
  },
  restaurantsOrders: { id: "9a5d83fd-8570-482e-81ab-cfa88942ee60", name: "Wix Restaurants Orders (New)" },
  tableReservations: { id: "f9c07de2-5341-40c6-b096-8eb39de391fb", name: "Wix Table Reservations" },
  contacts: { id: "74bff718-5977-47f2-9e5f-a9fd0047fd1f", name: "Wix Contacts" },
  events: {
    id: "140603ad-af8d-84a5-2c80-a0f60cb47351",
    name: "Wix Events",
    eventPageMetadata: { pageIdentifier: "wix.events.sub_pages.event", identifiers: { slug: "EVENTS.EVENT.SLUG" } },
  },
  blogs: {
    id: "14bcded7-0066-7c35-14d7-466cb3f09103",
    name: "Wix Blogs",
    postPageMetadata: { pageIdentifier: "wix.blog.sub_pages.post", identifiers: { slug: "BLOG.POST.SLUG" } },
    categoryPageMetadata: { pageIdentifier: "wix.blog.sub_pages.category", identifiers: { slug: "BLOG.CATEGORY.SLUG" } },
  },
  media: { id: "ad919edb-8ae2-403c-bef4-d5083b76d9e9", name: "Wix Media" },
  onlinePrograms: { id: "2936472a-a1ed-4ae5-9f71-614313a9f4e7", name: "Online Programs" },
  pricingPlans: { id: "1522827f-c56c-a5c9-2ac9-00f9e6ae12d3", name: "Pricing Plans" },
  giftCard: { id: "d80111c5-a0f4-47a8-b63a-65b54d774a27", name: "Wix Gift Card" },
  donations: { id: "333b456e-dd48-4d6b-b32b-9fd48d74e163", name: "Wix Donations" },
  data: { id: "e593b0bd-b783-45b8-97c2-873d42aacaf4", name: "Wix Data" },
};

/** Connections of log-in providers. */
export const IDP_CONNECTION_IDS = {
  google: "0e6a50f5-b523-4e29-990d-f37fa2ffdd69",
  facebook: "3ecad13f-52c3-483d-911f-31dbcf2a6d23",
};
