"""Ordinary local news, put together from sentences of our own: most of what a source publishes, and no report."""

# ruff: noqa: E501 - sentences stay whole

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from processor.model import VIETNAM_TIME
from tests.dress_parts import Worn

_PARAGRAPHS = (10, 14)

_DISTRICTS = (
    "huyện Tân Trụ", "huyện Cần Giuộc", "huyện Bến Lức", "huyện Đức Hòa", "huyện Châu Thành", "thị xã Kiến Tường",
    "thành phố Tân An", "huyện Thạnh Hóa", "huyện Mộc Hóa", "huyện Vĩnh Hưng",
)  # fmt: skip
_COMMUNES = (
    "xã Bình Lãng", "xã Long Hậu", "xã Thạnh Lợi", "xã Mỹ Hạnh Nam", "xã Hòa Phú", "phường 2", "xã Thủy Tây",
    "xã Tân Thành", "xã Khánh Hưng", "thị trấn Tầm Vu",
)  # fmt: skip
_PEOPLE = (
    "ông Nguyễn Văn Lành", "bà Trần Thị Hoa", "anh Lê Minh Tâm", "chị Phạm Thu Thảo", "ông Võ Thành Công",
    "bà Đặng Ngọc Mai", "anh Huỳnh Quốc Bảo", "chị Bùi Thanh Trúc", "ông Phan Hữu Phước", "em Hồ Gia Hân",
)  # fmt: skip
_WRITERS = ("Thanh Hà", "Minh Đăng", "Ngọc Diệp", "Hoàng Nam", "Thùy Dung", "Quốc Khánh")

_TOPICS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Nông dân {district} phấn khởi vì {crop} được mùa, được giá",
        "Những ngày này, trên các cánh đồng của {commune}, {district}, bà con nông dân đang tất bật thu hoạch {crop} với "
        "niềm vui vì năng suất cao hơn mọi năm và thương lái vào tận ruộng để mua.",
        (
            "Vụ này gia đình {person} trồng {few} công {crop}, trừ chi phí phân bón và công chăm sóc còn lãi khoảng {money} "
            "triệu đồng.",
            "Theo nhiều hộ dân, thời tiết năm nay khá thuận lợi, ít mưa trái mùa nên cây phát triển đều và ít bị sâu bệnh.",
            "Thương lái hiện mua tại ruộng với giá từ {low} đến {high} ngàn đồng mỗi ký, cao hơn cùng kỳ năm trước.",
            "Đường nội đồng vừa được trải đá nên xe tải nhỏ có thể vào tận nơi, bà con đỡ tốn công vác ra lộ lớn.",
            "Một số hộ đã chuyển sang tưới nhỏ giọt, vừa tiết kiệm nước vừa giảm công lao động trong những tháng nắng gắt.",
            "Cán bộ khuyến nông khuyên bà con không nên mở rộng diện tích ồ ạt, tránh cảnh được mùa thì mất giá.",
            "Hợp tác xã đang tìm thêm nơi tiêu thụ ở các chợ đầu mối để người trồng không phải phụ thuộc một thương lái.",
            "Sau khi thu hoạch xong, nhiều gia đình cày ải, phơi đất khoảng nửa tháng rồi mới xuống giống vụ mới.",
        ),
    ),
    (
        "Sôi nổi giải {sport} mừng Xuân tại {commune}",
        "Sáng {day}, tại sân vận động {commune}, {district} đã diễn ra lễ khai mạc giải {sport} với sự tham gia của {few} đội "
        "và hàng trăm người hâm mộ đến cổ vũ.",
        (
            "Ngay trận ra quân, hai đội chủ nhà và khách mời đã cống hiến cho khán giả nhiều pha bóng đẹp mắt.",
            "Đội trưởng đội chủ nhà, {person}, cho biết cả đội đã tập luyện suốt {few} tuần, hầu hết là sau giờ làm việc.",
            "Ban tổ chức chia các đội thành hai bảng, đá vòng tròn một lượt để chọn bốn đội vào bán kết.",
            "Khán đài tuy đơn sơ nhưng luôn kín chỗ, tiếng trống, tiếng kèn vang lên không ngớt.",
            "Ngoài cúp vô địch, ban tổ chức còn trao giải cho cầu thủ xuất sắc nhất và đội có lối chơi đẹp.",
            "Nhiều em nhỏ theo cha mẹ đến xem đã được các cầu thủ tặng bóng và chụp ảnh lưu niệm sau trận đấu.",
            "Trận chung kết dự kiến diễn ra vào chiều chủ nhật tuần tới, vào cửa tự do.",
            "Tiền quyên góp được trong các trận đấu sẽ dành mua tập vở cho học sinh có hoàn cảnh khó khăn.",
        ),
    ),
    (
        "Triều cường dâng cao, nhiều tuyến đường ở {district} ngập sâu",
        "Chiều {day}, triều cường kết hợp mưa lớn khiến nhiều tuyến đường ở {commune}, {district} chìm trong nước, giao thông "
        "bị ùn tắc kéo dài, một số nhà dân ven kênh bị nước tràn vào.",
        (
            "Có đoạn nước ngập đến nửa bánh xe, nhiều xe máy chết máy giữa đường, người dân phải dắt bộ hàng trăm mét.",
            "{Person} kể rằng gia đình phải kê tủ, giường lên cao từ trưa nhưng vẫn không kịp dọn hết đồ đạc.",
            "Lực lượng dân quân đã đắp thêm bao cát ở {few} vị trí bờ bao xung yếu để ngăn nước tràn vào vườn cây.",
            "Đài khí tượng thủy văn dự báo mực nước còn lên trong {few} ngày tới, đỉnh triều vào khoảng 17 đến 19 giờ.",
            "Các trường học ở vùng trũng cho học sinh ra về sớm hơn thường lệ để bảo đảm an toàn.",
            "Tiểu thương chợ ven sông phải dọn hàng sớm, sức mua giảm hẳn so với ngày thường.",
            "Công ty cấp thoát nước đã huy động {few} máy bơm hoạt động liên tục từ chiều đến khuya.",
            "Người dân được khuyến cáo không để trẻ nhỏ chơi gần bờ kênh và ngắt cầu dao điện ở nơi bị ngập.",
        ),
    ),
    (
        "Trao {few} phần quà cho học sinh vượt khó ở {commune}",
        "Nhân dịp năm học mới, một nhóm thiện nguyện đã đến {commune}, {district} thăm hỏi và trao {few} phần quà gồm xe đạp, "
        "cặp sách và học bổng cho các em học sinh có hoàn cảnh khó khăn.",
        (
            "Mỗi phần quà trị giá khoảng {money} trăm ngàn đồng, do các mạnh thường quân trong và ngoài tỉnh đóng góp.",
            "Nhận chiếc xe đạp mới, {person} xúc động nói từ nay đường đến trường sẽ bớt xa hơn.",
            "Nhiều em trong số đó mồ côi cha mẹ, sống với ông bà trong những căn nhà lá ven kênh.",
            "Thầy cô giáo cho biết các em đều chăm ngoan, có em nhiều năm liền đứng đầu lớp.",
            "Dịp này, đoàn còn cắt tóc miễn phí và nấu {money} suất ăn trưa cho bà con trong ấp.",
            "Nhóm thiện nguyện hẹn trở lại vào dịp Tết để trao thêm áo ấm và sửa lại hai căn nhà dột nát.",
            "Phụ huynh bày tỏ lòng biết ơn và hứa sẽ cố gắng để con em không phải bỏ học giữa chừng.",
            "Buổi trao quà diễn ra trong không khí ấm áp, xen giữa là các tiết mục văn nghệ cây nhà lá vườn.",
        ),
    ),
    (
        "Tai nạn giữa xe tải và xe máy ở {district}, một người bị thương",
        "Khoảng {hour} giờ {day}, trên tuyến đường qua {commune}, {district} xảy ra vụ va chạm giữa xe tải và xe máy khiến một "
        "người bị thương nặng, giao thông qua khu vực bị ách tắc gần một giờ.",
        (
            "Theo người chứng kiến, xe tải chạy hướng từ chợ ra quốc lộ thì va chạm với xe máy chạy cùng chiều.",
            "Cú va chạm mạnh khiến xe máy văng xa khoảng {few} mét, phần đầu xe hư hỏng nặng.",
            "{Person}, nhà gần hiện trường, cùng người dân gọi xe cấp cứu và giúp điều tiết xe cộ qua lại.",
            "Nạn nhân được đưa đến bệnh viện đa khoa khu vực, hiện đã qua cơn nguy kịch.",
            "Cảnh sát giao thông có mặt khám nghiệm hiện trường, lấy lời khai và làm rõ nguyên nhân vụ việc.",
            "Đoạn đường này mặt hẹp, nhiều xe tải lưu thông, ban đêm lại thiếu đèn chiếu sáng.",
            "Người dân mong sớm có biển cảnh báo và gờ giảm tốc trước khu vực trường học.",
            "Tài xế xe tải có nồng độ cồn trong máu ở mức không, đã ở lại hiện trường chờ làm việc.",
        ),
    ),
    (
        "Ngày hội văn hóa ở {district} thu hút đông đảo du khách",
        "Trong {few} ngày cuối tuần, ngày hội văn hóa, ẩm thực tổ chức tại {commune}, {district} đã đón hàng ngàn lượt khách đến "
        "thưởng thức món ngon miền sông nước, nghe đờn ca tài tử và xem đua ghe.",
        (
            "Các gian hàng bày bán bánh dân gian, mắm, khô, trái cây, giá chỉ từ {low} ngàn đồng một phần.",
            "{Person} đã thức từ {hour} giờ sáng để gói bánh, đến trưa thì gần {money} chiếc đã bán hết.",
            "Đêm khai mạc có màn trình diễn áo bà ba và các bài ca cổ do nghệ nhân địa phương thể hiện.",
            "Cuộc đua ghe trên sông quy tụ {few} đội, hai bên bờ chật kín người xem.",
            "Trẻ em thích thú với trò tát mương bắt cá, nặn tò he và thả diều trên bãi cỏ.",
            "Nhiều du khách từ Thành phố Hồ Chí Minh, Tiền Giang, Đồng Tháp đến từ sớm, ở lại qua đêm tại nhà dân.",
            "Rác được gom mỗi hai giờ một lần nên khuôn viên ngày hội khá sạch sẽ.",
            "Sau ngày hội, các gian hàng bánh dân gian sẽ tiếp tục mở vào mỗi tối thứ bảy.",
        ),
    ),
)
_ANYWHERE = (
    "{Person} chia sẻ: “Tôi sống ở đây từ nhỏ, chưa năm nào thấy đông vui và nhiều chuyện để kể như năm nay”.",
    "Chị em tiểu thương ở chợ cũng góp thêm nước uống và trái cây cho mọi người.",
    "Trời về chiều dịu nắng, gió từ sông thổi vào mát rượi, con đường làng rộn tiếng nói cười.",
    "Cách đó không xa, {commune} cũng có cảnh tương tự, tuy quy mô nhỏ hơn đôi chút.",
    "Đây là năm thứ {few} liên tiếp câu chuyện này được người dân trong vùng nhắc đến.",
    "Ở {district}, câu chuyện được bàn tán từ quán cà phê đầu ngõ đến bữa cơm chiều của nhiều gia đình.",
    "Sáng hôm sau, mọi sinh hoạt đã trở lại bình thường, chợ vẫn họp và ghe vẫn ngược xuôi.",
)
_CROPS = ("thanh long", "khoai mỡ", "dưa hấu", "chanh không hạt", "mè đen", "lúa nếp")
_SPORTS = ("bóng đá nam", "bóng chuyền nông dân", "đẩy gậy", "bóng đá thiếu niên", "bóng chuyền nữ")


def ordinary_news(number: int) -> Worn:
    """An article; the same for the same number."""
    draw = Random(number)
    title, lead, told = _TOPICS[number % len(_TOPICS)]
    published = datetime(2024, 1, 3, 7, 30, tzinfo=VIETNAM_TIME) + timedelta(hours=31 * number)
    count = draw.randint(*_PARAGRAPHS)
    own, general = draw.sample(told, len(told)), draw.sample(_ANYWHERE, len(_ANYWHERE))
    sentences = [*own, *general, *draw.sample(told, len(told)), *draw.sample(_ANYWHERE, len(_ANYWHERE))]
    setting = _setting(draw)
    paragraphs = [
        " ".join(_filled(sentence, draw, setting) for sentence in sentences[2 * index : 2 * index + 2])
        for index in range(count)
    ]
    return Worn(
        title=_filled(title, draw, setting),
        lead=_filled(lead, draw, setting),
        paragraphs=tuple(paragraphs),
        author=draw.choice(_WRITERS),
        published=published,
    )


def _setting(draw: Random) -> dict[str, str]:
    """What stays the same throughout an article."""
    return {
        "district": draw.choice(_DISTRICTS),
        "commune": draw.choice(_COMMUNES),
        "crop": draw.choice(_CROPS),
        "sport": draw.choice(_SPORTS),
        "day": f"{draw.randint(1, 28)}/{draw.randint(1, 12)}",
    }


def _filled(sentence: str, draw: Random, setting: dict[str, str]) -> str:
    person = draw.choice(_PEOPLE)
    return sentence.format(
        person=person,
        Person=person[0].upper() + person[1:],
        few=draw.randint(3, 19),
        money=draw.randint(20, 190),
        low=draw.randint(8, 15),
        high=draw.randint(16, 30),
        hour=draw.randint(4, 18),
        **setting,
    )
