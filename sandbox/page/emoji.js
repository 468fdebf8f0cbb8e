/** Emoji: Slack's :names: and the characters they stand for. */

const TABLE = `
grinning😀 smiley😃 smile😄 grin😁 laughing😆 satisfied😆 sweat_smile😅 rolling_on_the_floor_laughing🤣 joy😂
slightly_smiling_face🙂 simple_smile🙂 upside_down_face🙃 melting_face🫠 wink😉 blush😊 innocent😇
smiling_face_with_3_hearts🥰 heart_eyes😍 star-struck🤩 kissing_heart😘 relaxed☺️ yum😋 stuck_out_tongue😛
zany_face🤪 money_mouth_face🤑 hugging_face🤗 shushing_face🤫 thinking_face🤔 saluting_face🫡 zipper_mouth_face🤐
face_with_raised_eyebrow🤨 neutral_face😐 expressionless😑 no_mouth😶 smirk😏 unamused😒 face_with_rolling_eyes🙄
grimacing😬 lying_face🤥 relieved😌 pensive😔 sleepy😪 drooling_face🤤 sleeping😴 mask😷 face_with_thermometer🤒
nauseated_face🤢 sneezing_face🤧 hot_face🥵 cold_face🥶 woozy_face🥴 dizzy_face😵 exploding_head🤯
face_with_cowboy_hat🤠 partying_face🥳 sunglasses😎 nerd_face🤓 face_with_monocle🧐 confused😕 worried😟
slightly_frowning_face🙁 white_frowning_face☹️ open_mouth😮 hushed😯 astonished😲 flushed😳 pleading_face🥺
frowning😦 anguished😧 fearful😨 cold_sweat😰 disappointed_relieved😥 cry😢 sob😭 scream😱 confounded😖 persevere😣
disappointed😞 sweat😓 weary😩 tired_face😫 yawning_face🥱 triumph😤 rage😡 angry😠 smiling_imp😈 imp👿 skull💀
skull_and_crossbones☠️ hankey💩 poop💩 clown_face🤡 ghost👻 alien👽 robot_face🤖 see_no_evil🙈 hear_no_evil🙉
speak_no_evil🙊 heart❤️ orange_heart🧡 yellow_heart💛 green_heart💚 blue_heart💙 purple_heart💜 black_heart🖤
white_heart🤍 broken_heart💔 sparkling_heart💖 100💯 anger💢 boom💥 collision💥 dizzy💫 sweat_drops💦 dash💨 hole🕳️
bomb💣 speech_balloon💬 thought_balloon💭 left_speech_bubble🗨️ zzz💤 wave👋 raised_back_of_hand🤚 hand✋ raised_hand✋
vulcan_salute🖖 ok_hand👌 pinched_fingers🤌 v✌️ crossed_fingers🤞 the_horns🤘 call_me_hand🤙 point_left👈
point_right👉 point_up_2👆 point_up☝️ point_down👇 +1👍 thumbsup👍 -1👎 thumbsdown👎 fist✊ facepunch👊 punch👊
clap👏 raised_hands🙌 open_hands👐 handshake🤝 pray🙏 writing_hand✍️ muscle💪 ear👂 nose👃 brain🧠 eyes👀 eye👁️
tongue👅 baby👶 boy👦 girl👧 adult🧑 man👨 woman👩 older_man👴 older_woman👵 person_frowning🙍 no_good🙅 ok_woman🙆
information_desk_person💁 raising_hand🙋 bow🙇 face_palm🤦 shrug🤷 cop👮 construction_worker👷 detective🕵️ ninja🥷
superhero🦸 mage🧙 zombie🧟 runner🏃 running🏃 walking🚶 dancer💃 technologist🧑‍💻 male-technologist👨‍💻
female-technologist👩‍💻 firefighter🧑‍🚒 scientist🧑‍🔬 astronaut🧑‍🚀 busts_in_silhouette👥 bust_in_silhouette👤
dog🐶 cat🐱 mouse🐭 hamster🐹 rabbit🐰 fox_face🦊 bear🐻 panda_face🐼 koala🐨 tiger🐯 lion_face🦁 cow🐮 pig🐷 frog🐸
monkey_face🐵 chicken🐔 penguin🐧 bird🐦 eagle🦅 owl🦉 wolf🐺 horse🐴 unicorn_face🦄 bee🐝 bug🐛 butterfly🦋 snail🐌
ladybug🐞 ant🐜 spider🕷️ scorpion🦂 turtle🐢 snake🐍 octopus🐙 crab🦀 fish🐟 dolphin🐬 whale🐳 shark🦈 elephant🐘
crocodile🐊 dragon🐉 sloth🦥 cactus🌵 christmas_tree🎄 evergreen_tree🌲 palm_tree🌴 seedling🌱 herb🌿
four_leaf_clover🍀 maple_leaf🍁 fallen_leaf🍂 mushroom🍄 bouquet💐 rose🌹 sunflower🌻 earth_africa🌍
earth_americas🌎 earth_asia🌏 globe_with_meridians🌐 full_moon🌕 crescent_moon🌙 sunny☀️ partly_sunny⛅ cloud☁️
rain_cloud🌧️ thunder_cloud_and_rain⛈️ lightning🌩️ tornado🌪️ fog🌫️ snowflake❄️ snowman⛄ fire🔥 droplet💧 ocean🌊
star⭐ star2🌟 sparkles✨ zap⚡ comet☄️ rainbow🌈 umbrella☔ apple🍎 banana🍌 watermelon🍉 strawberry🍓 cherries🍒 peach🍑
avocado🥑 hot_pepper🌶️ bread🍞 cheese_wedge🧀 pizza🍕 hamburger🍔 taco🌮 popcorn🍿 cookie🍪 cake🍰 birthday🎂 doughnut🍩
coffee☕ tea🍵 beer🍺 beers🍻 wine_glass🍷 champagne🍾 rocket🚀 airplane✈️ helicopter🚁 car🚗 bus🚌 ambulance🚑
fire_engine🚒 police_car🚓 truck🚚 tractor🚜 bike🚲 train🚆 ship🚢 anchor⚓ construction🚧 rotating_light🚨
traffic_light🚥 vertical_traffic_light🚦 octagonal_sign🛑 fuelpump⛽ house🏠 office🏢 hospital🏥 factory🏭 stadium🏟️
tent⛺ sunrise🌅 city_sunset🌆 watch⌚ alarm_clock⏰ stopwatch⏱️ timer_clock⏲️ hourglass⌛ hourglass_flowing_sand⏳
clock1🕐 clock3🕒 clock9🕘 calendar📆 date📅 spiral_calendar_pad🗓️ iphone📱 computer💻 desktop_computer🖥️ keyboard⌨️
printer🖨️ floppy_disk💾 cd💿 battery🔋 electric_plug🔌 bulb💡 flashlight🔦 candle🕯️ satellite_antenna📡 telescope🔭
microscope🔬 test_tube🧪 thermometer🌡️ pill💊 syringe💉 adhesive_bandage🩹 stethoscope🩺 broom🧹 sponge🧽 bucket🪣
fire_extinguisher🧯 wastebasket🗑️ hammer🔨 wrench🔧 screwdriver🪛 gear⚙️ nut_and_bolt🔩 hammer_and_wrench🛠️ toolbox🧰
magnet🧲 link🔗 chains⛓️ paperclip📎 scissors✂️ pushpin📌 round_pushpin📍 triangular_flag_on_post🚩 lock🔒 unlock🔓
key🔑 closed_lock_with_key🔐 shield🛡️ crossed_swords⚔️ dart🎯 crystal_ball🔮 video_game🎮 game_die🎲 jigsaw🧩 art🎨
musical_note🎵 guitar🎸 trumpet🎺 microphone🎤 headphones🎧 bell🔔 no_bell🔕 loudspeaker📢 mega📣 speaker🔈 sound🔉
loud_sound🔊 mute🔇 tada🎉 confetti_ball🎊 balloon🎈 gift🎁 trophy🏆 medal🏅 first_place_medal🥇 second_place_medal🥈
third_place_medal🥉 soccer⚽ basketball🏀 ticket🎫 money_with_wings💸 dollar💵 moneybag💰 credit_card💳 chart📈
chart_with_upwards_trend📈 chart_with_downwards_trend📉 bar_chart📊 memo📝 pencil📝 pencil2✏️ lower_left_ballpoint_pen🖊️
book📖 books📚 notebook📓 ledger📒 bookmark🔖 label🏷️ newspaper📰 scroll📜 page_facing_up📄 page_with_curl📃 clipboard📋
file_folder📁 open_file_folder📂 card_index_dividers🗂️ file_cabinet🗄️ package📦 mailbox📫 email📧 envelope✉️
incoming_envelope📨 inbox_tray📥 outbox_tray📤 mag🔍 mag_right🔎 receipt🧾 abacus🧮 compass🧭 world_map🗺️ camera📷
movie_camera🎥 tv📺 radio📻 phone☎️ telephone_receiver📞 white_check_mark✅ heavy_check_mark✔️ ballot_box_with_check☑️
x❌ negative_squared_cross_mark❎ heavy_multiplication_x✖️ heavy_plus_sign➕ heavy_minus_sign➖ heavy_division_sign➗
exclamation❗ heavy_exclamation_mark❗ grey_exclamation❕ bangbang‼️ question❓ grey_question❔ interrobang⁉️ warning⚠️
no_entry⛔ no_entry_sign🚫 underage🔞 radioactive_sign☢️ biohazard_sign☣️ recycle♻️ information_sourceℹ️ arrow_up⬆️
arrow_down⬇️ arrow_left⬅️ arrow_right➡️ arrow_upper_right↗️ arrow_lower_right↘️ arrow_up_down↕️ left_right_arrow↔️
arrow_forward▶️ arrow_backward◀️ arrow_up_small🔼 arrow_down_small🔽 double_vertical_bar⏸️ pause_button⏸️
black_square_for_stop⏹️ fast_forward⏩ rewind⏪ arrows_counterclockwise🔄 arrows_clockwise🔃 repeat🔁 back🔙 soon🔜 top🔝
new🆕 free🆓 ok🆗 sos🆘 up🆙 cool🆒 vs🆚 red_circle🔴 large_orange_circle🟠 large_yellow_circle🟡 large_green_circle🟢
large_blue_circle🔵 large_purple_circle🟣 black_circle⚫ white_circle⚪ large_red_square🟥 large_orange_square🟧
large_yellow_square🟨 large_green_square🟩 large_blue_square🟦 large_purple_square🟪 black_large_square⬛
white_large_square⬜ small_red_triangle🔺 small_red_triangle_down🔻 small_orange_diamond🔸 small_blue_diamond🔹
large_orange_diamond🔶 large_blue_diamond🔷 black_small_square▪️ white_small_square▫️ one1️⃣ two2️⃣ three3️⃣ four4️⃣ five5️⃣
six6️⃣ seven7️⃣ eight8️⃣ nine9️⃣ zero0️⃣ keycap_ten🔟 hash#️⃣ checkered_flag🏁 crossed_flags🎌 waving_white_flag🏳️
pirate_flag🏴‍☠️ de🇩🇪 flag-de🇩🇪 gb🇬🇧 flag-gb🇬🇧 us🇺🇸 flag-us🇺🇸 fr🇫🇷 flag-fr🇫🇷 jp🇯🇵 flag-eu🇪🇺 flag-ie🇮🇪 flag-in🇮🇳
speaking_head_in_silhouette🗣️ footprints👣 crown👑 gem💎 eyeglasses👓 lab_coat🥼 safety_vest🦺 coffin⚰️ ring💍
ladder🪜 brick🧱 parachute🪂 boomerang🪃 dna🧬 magic_wand🪄 placard🪧 wheel🛞 ice_cube🧊 teapot🫖 bubbles🫧 beetle🪲`;

const KEYCAPS = /^([a-z]+)([#\d]\uFE0F\u20E3)$/u;
const ENTRY = /^([\w+-]+?)(\P{ASCII}.*)$/u;

/** @type {Map<string, string>} name without colons -> character */
export const EMOJI = new Map(
  TABLE.trim().split(/\s+/u).map((entry) => (KEYCAPS.exec(entry) ?? ENTRY.exec(entry)).slice(1)),
);

/** The character for a name such as "wave" and a skin tone 2 to 6; undefined when the name is not known. */
export function emoji(name, tone) {
  const found = EMOJI.get(name);
  if (!found || !tone || !/^\p{Emoji_Modifier_Base}/u.test(found)) return found;
  const [first, ...rest] = [...found];
  return first + String.fromCodePoint(0x1f3fb + Number(tone) - 2) + rest.filter((part) => part !== "\uFE0F").join("");
}

/** The character for Slack's unicode notation, code points in hexadecimal joined by "-" ("1f1e9-1f1ea"). */
export function fromCodePoints(notation) {
  return /^[\da-f]{1,6}(-[\da-f]{1,6})*$/iu.test(notation ?? "")
    ? String.fromCodePoint(...notation.split("-").map((part) => Math.min(parseInt(part, 16), 0x10ffff)))
    : undefined;
}
